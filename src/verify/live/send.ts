import { createHash } from "node:crypto";
import type { Pool } from "undici";
import type { LiveAnswer } from "./answer.js";
import type { Endpoint, EntryPoint } from "./entry-point.js";
import type { LiveRequest } from "./requests.js";

export type SendOptions = {
  /** Sent with every request, e.g. a password; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Accepts any certificate. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
};

/** Sends requests to one side. Close it when all are sent. */
export type Sender = {
  readonly send: (request: LiveRequest) => Promise<LiveAnswer>;
  readonly close: () => Promise<void>;
};

/** More of a body is not read: the digest is of this much. */
const MOST_BODY_BYTES = 1024 * 1024;
/** Connections of hosts that were asked lately stay open; probes come host by host. */
const MOST_POOLS = 4;

/**
 * Opens one side. Requests go to its address alone: the host of a request is the Host header and the name in the TLS handshake, it is never looked up,
 * and redirects are not followed. The path is sent as it is, byte for byte.
 */
export async function openSide(side: EntryPoint, options: SendOptions): Promise<Sender> {
  // A CommonJS package: the bundle has its exports under default only.
  const { default: undici } = await import("undici");
  const pools = new Map<string, Pool>();
  const poolFor = (endpoint: Endpoint, scheme: "http" | "https", host: string): Pool => {
    const key = `${scheme} ${host}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const address = endpoint.address.includes(":") ? `[${endpoint.address}]` : endpoint.address;
    const pool = new undici.Pool(`${scheme}://${address}:${endpoint.port}`, {
      connections: 4,
      connect: { servername: host, rejectUnauthorized: !options.insecure, timeout: options.timeoutMs },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
    });
    pools.set(key, pool);
    return pool;
  };
  const trim = async (): Promise<void> => {
    for (const [key, pool] of pools) {
      if (pools.size <= MOST_POOLS) return;
      pools.delete(key);
      await pool.close();
    }
  };
  return {
    send: async (request) => {
      const { scheme, host } = request.probe;
      const endpoint = side[scheme];
      if (endpoint === undefined) return { kind: "none", reason: `no address for ${scheme}`, milliseconds: 0 };
      await trim();
      return ask(poolFor(endpoint, scheme, host), request, options);
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

async function ask(pool: Pool, { probe, target }: LiveRequest, options: SendOptions): Promise<LiveAnswer> {
  const start = performance.now();
  const passed = (): number => Math.round(performance.now() - start);
  try {
    const response = await pool.request({
      method: probe.method,
      path: target,
      headers: { ...options.headers, ...probe.headers, host: probe.host },
      ...(probe.bodyBytes > 0 ? { body: Buffer.alloc(probe.bodyBytes, 0x61) } : {}),
    });
    const { digest, bytes } = await digested(response.body);
    return {
      kind: "answer",
      status: response.statusCode,
      headers: joined(response.headers),
      bodyDigest: digest,
      bodyBytes: bytes,
      milliseconds: passed(),
    };
  } catch (error) {
    // Whatever went wrong on the wire is this side's answer; anything else is a defect.
    if (error instanceof Error) return { kind: "none", reason: reasonOf(error), milliseconds: passed() };
    throw error;
  }
}

async function digested(
  body: AsyncIterable<Buffer> & { destroy: () => void },
): Promise<{ digest: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of body) {
    const rest = MOST_BODY_BYTES - bytes;
    hash.update(chunk.length > rest ? chunk.subarray(0, rest) : chunk);
    bytes += Math.min(chunk.length, rest);
    if (bytes >= MOST_BODY_BYTES) break;
  }
  return { digest: hash.digest("hex"), bytes };
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

/** The innermost reason: `fetch failed` says nothing, `ECONNREFUSED` does. */
function reasonOf(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return code ?? (error.cause instanceof Error ? reasonOf(error.cause) : error.message);
}
