import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import { issue } from "./certificates.js";
import { AUTHORITY } from "./stand-ins.js";
import type { AddressBook } from "./envoy-config.js";

/** What the upstream tells about a request that reached it. */
export type Reached = {
  readonly backend: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** Stands for every backend and auth service: each has an address of its own, and answers with what it got. */
export type Upstream = {
  readonly port: number;
  readonly book: AddressBook;
  /** Status that auth services answer, and headers that they add. */
  authAnswer: AuthAnswer;
  readonly close: () => Promise<void>;
};

type AuthAnswer = { readonly status: number; readonly headers: readonly string[] };
type Place = { readonly backend: string; readonly role: "application" | "auth" };
const HTTP2_PREFACE = "PRI * HTTP/2";
const TLS_HANDSHAKE = 0x16;
/** For a connection that no configuration asked for. */
const NOWHERE = 599;
/** Headers that proxies are told to hide. */
const TELLTALE = { server: "upstream", "x-powered-by": "upstream" };

/** Starts the upstream on all loopback addresses; plain or TLS, HTTP/1.1 or HTTP/2, as the client begins. */
export async function startUpstream(): Promise<Upstream> {
  const places = new Map<string, Place>();
  const addresses = new Map<string, string>();
  const sockets = new Set<Socket>();
  const book: AddressBook = {
    addressOf: (backend, role) => {
      const key = `${role} ${backend}`;
      const known = addresses.get(key);
      if (known !== undefined) return known;
      const index = addresses.size;
      const address = `127.${64 + (index >> 16)}.${(index >> 8) & 0xff}.${index & 0xff}`;
      addresses.set(key, address);
      places.set(address, { backend, role });
      return address;
    },
  };
  const state: { authAnswer: AuthAnswer } = { authAnswer: { status: 200, headers: [] } };
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    const place = places.get(addressOf(request));
    const status = place === undefined ? NOWHERE : place.role === "auth" ? state.authAnswer.status : 200;
    const reached: Reached = {
      backend: place?.backend ?? "",
      method: request.method ?? "",
      path: request.url ?? "",
      host: String(request.headers[":authority"] ?? request.headers.host ?? ""),
      headers: request.headers,
    };
    request.resume();
    const added =
      place?.role === "auth"
        ? Object.fromEntries(state.authAnswer.headers.map((name) => [name, `from-auth ${name}`]))
        : {};
    response.writeHead(status, { "content-type": "application/json", ...TELLTALE, ...added });
    response.end(JSON.stringify(reached));
  };
  const http = createHttpServer(answer);
  const http2 = createHttp2Server(answer);
  const sessions = new WeakMap<object, string>();
  const addressOf = (request: IncomingMessage | Http2ServerRequest): string =>
    "stream" in request ? (sessions.get(request.stream.session ?? {}) ?? "") : (request.socket.localAddress ?? "");
  const dispatch = (socket: Duplex, localAddress: string): void => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (first: Buffer) => {
      socket.pause();
      const whole = new Resumed(socket, first, localAddress);
      if (first[0] === TLS_HANDSHAKE) dispatch(secured(whole), localAddress);
      else if (first.toString("latin1", 0, HTTP2_PREFACE.length) === HTTP2_PREFACE) {
        http2.once("session", (session) => sessions.set(session, localAddress));
        http2.emit("connection", whole);
      } else http.emit("connection", whole);
    });
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    dispatch(socket, socket.localAddress ?? "");
  });
  await new Promise<void>((ready) => server.listen(0, "0.0.0.0", ready));
  return {
    port: (server.address() as AddressInfo).port,
    book,
    get authAnswer() {
      return state.authAnswer;
    },
    set authAnswer(answer: AuthAnswer) {
      state.authAnswer = answer;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** A connection from its first bytes on, which were read to see what it speaks. */
class Resumed extends Duplex {
  readonly localAddress: string;
  private readonly socket: Duplex;

  constructor(socket: Duplex, first: Buffer, localAddress: string) {
    super();
    this.socket = socket;
    this.localAddress = localAddress;
    this.push(first);
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  /** Connections of http servers have these. */
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
}

/** The server's side of TLS, with a certificate for whatever name the client asks for. */
function secured(socket: Duplex): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true,
    ALPNProtocols: ["h2", "http/1.1"],
    ...contextFor("upstream.invalid"),
    SNICallback: (name, done) => done(null, createSecureContext(contextFor(name))),
  });
}

const contexts = new Map<string, { readonly cert: string; readonly key: string }>();

function contextFor(name: string): { readonly cert: string; readonly key: string } {
  const known = contexts.get(name);
  if (known !== undefined) return known;
  const { certificate, key } = issue({ subject: name, names: [name], issuer: AUTHORITY });
  const made = { cert: certificate, key };
  contexts.set(name, made);
  return made;
}
