import { Agent, request as httpRequest, type ClientRequestArgs } from "node:http";
import { connect as connectSocket, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";
import type { ProbeRequest } from "../../../src/verify/request.js";
import type { Identity } from "./certificates.js";
import type { Entrance } from "./envoy-config.js";

/** What came back for a request. */
export type Answer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly body: string;
    }
  | { readonly kind: "no-connection"; readonly reason: string };

export type Credentials = { readonly authorization?: string; readonly certificate?: Identity };

const LONGEST_ANSWER_MS = 20_000;

/** Sends requests to a proxy as clients with the addresses, names and certificates that the requests say. */
export class Client {
  private readonly agents = new Map<string, Agent>();
  private readonly entrances: readonly Entrance[];

  constructor(entrances: readonly Entrance[]) {
    this.entrances = entrances;
  }

  /** Sends one request. A connection that is refused or closed without an answer is an answer, too. */
  send(request: ProbeRequest, credentials: Credentials = {}): Promise<Answer> {
    const entrance = this.entrances.find(({ port }) => port === (request.scheme === "http" ? 80 : 443));
    if (entrance === undefined) return Promise.resolve({ kind: "no-connection", reason: "no listener on the port" });
    const { authorization } = credentials;
    const options: ClientRequestArgs = {
      agent: this.agentFor(request, credentials, entrance),
      method: request.method,
      path: request.query === undefined ? request.path : `${request.path}?${request.query}`,
      headers: {
        ...request.headers,
        host: request.host,
        ...(authorization === undefined ? {} : { authorization }),
        ...(request.bodyBytes === 0 ? {} : { "content-length": request.bodyBytes }),
      },
      timeout: LONGEST_ANSWER_MS,
    };
    return new Promise((resolve) => {
      const sent = httpRequest(options, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () =>
          resolve({ kind: "answer", status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      sent.on("timeout", () => sent.destroy(new Error("timeout")));
      sent.on("error", (error) => resolve({ kind: "no-connection", reason: error.message }));
      sent.end(request.bodyBytes === 0 ? undefined : Buffer.alloc(request.bodyBytes));
    });
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  /** Connections belong to one client address, server name and certificate. */
  private agentFor(request: ProbeRequest, { certificate }: Credentials, entrance: Entrance): Agent {
    const key = [request.scheme, request.host, request.address, certificate?.subject ?? ""].join(" ");
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    agent.createConnection = (_options, done): Duplex | undefined => {
      const socket = connectSocket(entrance.socket);
      socket.once("error", (error) => done?.(error, socket));
      // TLS begins when the header has left: it takes the socket over with everything that still waits in it.
      socket.write(proxyHeader(entrance, request.address), () => {
        if (socket.destroyed) return;
        const { cert, key } = pairOf(certificate);
        done?.(null, request.scheme === "http" ? socket : secured(socket, request.host, { cert, key }));
      });
      return undefined;
    };
    this.agents.set(key, agent);
    return agent;
  }
}

type Pair = { readonly cert: string | undefined; readonly key: string | undefined };
const pairOf = (certificate: Identity | undefined): Pair => ({ cert: certificate?.certificate, key: certificate?.key });

function secured(socket: Socket, servername: string, { cert, key }: Pair): TLSSocket {
  return connectTls({
    socket,
    servername,
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
}

/** What a connection says first: whose it is (PROXY protocol, version 1). */
function proxyHeader({ port }: Entrance, address: string): string {
  const isIpv6 = address.includes(":");
  return `PROXY ${isIpv6 ? "TCP6" : "TCP4"} ${address} ${isIpv6 ? "2001:db8::1" : "192.0.2.1"} 54321 ${port}\r\n`;
}
