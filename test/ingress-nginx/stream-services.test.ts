import { describe, expect, it } from "vitest";
import { streamServices } from "../../src/ingress-nginx/stream-services.js";
import type { ModelOptions } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";

type Flags = Readonly<Record<string, string>>;

function optionsWith(flags: Flags): ModelOptions {
  return {
    withoutClass: "convert",
    annotationValidation: true,
    controllerFlags: new Map(Object.entries(flags)),
    servicePorts: new Map(),
  };
}

/** What the controller makes of one entry: `port namespace/service:port decode? encode?`, or the codes that say why nothing. */
function read(kind: "tcp" | "udp", port: string, reference: string, flags: Flags = {}): string {
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${kind}-services` },
    data: { [port]: reference },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "db", namespace: "data" },
    spec: {
      ports: [
        { name: "sql", port: 5432, targetPort: 15432, protocol: "TCP" },
        { name: "sync", port: 5433, protocol: "UDP" },
      ],
    },
  };
  const text = [map, service].map((object) => JSON.stringify(object)).join("\n---\n");
  const { streams, findings } = streamServices(readSnapshot([{ name: "in.yaml", text }]), optionsWith(flags));
  const made = streams.map(({ port: listened, upstream, proxyProtocol }) => {
    const number = upstream.port.kind === "number" ? upstream.port.number : "?";
    const flagged = [proxyProtocol.decode ? "decode" : "", proxyProtocol.encode ? "encode" : ""].filter(
      (x) => x !== "",
    );
    return [listened, `${upstream.namespace}/${upstream.name}:${number}`, ...flagged].join(" ");
  });
  return [...made, ...findings.map(({ code }) => code)].join("; ");
}

describe("an entry of tcp-services", () => {
  it.each([
    ["5432", "data/db:5432", "5432 data/db:5432"],
    ["5432", "data/db:sql", "5432 data/db:5432"],
    ["+5432", "data/db:5432", "5432 data/db:5432"],
    ["6000", "data/db:5432:PROXY", "6000 data/db:5432 decode"],
    ["6000", "data/db:5432:proxy:Proxy", "6000 data/db:5432 decode encode"],
    ["6000", "data/db:5432::PROXY", "6000 data/db:5432 encode"],
    ["6000", "data/db:5432:PROXY:PROXY:PROXY", "6000 data/db:5432 decode"],
    ["6000", "data/db:5432:yes", "6000 data/db:5432"],
    ["6000", "elsewhere/db:5432", "6000 elsewhere/db:5432"],
  ])("%s: %s is served", (port, reference, expected) => {
    expect(read("tcp", port, reference)).toBe(expected);
  });

  it.each([
    ["no number", "sql", "data/db:5432"],
    ["too large a number", "65536", "data/db:5432"],
    ["zero", "0", "data/db:5432"],
    ["a port of the controller", "443", "data/db:5432"],
    ["its health port", "10254", "data/db:5432"],
    ["no port of the Service", "6000", "data/db"],
    ["no namespace", "6000", "db:5432"],
    ["too many names", "6000", "a/data/db:5432"],
    ["a targetPort", "6000", "data/db:15432"],
    ["a port of the other protocol", "6000", "data/db:5433"],
    ["a name of the other protocol", "6000", "data/db:sync"],
  ])("with %s is left out", (_, port, reference) => {
    expect(read("tcp", port, reference)).toBe("STREAM_ENTRY_IGNORED");
  });

  it("with a name that nothing resolves is named", () => {
    expect(read("tcp", "6000", "elsewhere/db:sql")).toBe("6000 elsewhere/db:?; STREAM_PORT_UNRESOLVED");
  });
});

describe("an entry of udp-services", () => {
  it("knows no PROXY protocol", () => {
    expect(read("udp", "6000", "data/db:5433:PROXY:PROXY")).toBe("6000 data/db:5433");
  });

  it("cannot have a port of the controller either", () => {
    expect(read("udp", "443", "data/db:5433")).toBe("STREAM_ENTRY_IGNORED");
  });
});

describe("flags of the controller", () => {
  it("move its own ports", () => {
    expect(read("tcp", "443", "data/db:5432", { "https-port": "8443" })).toBe("443 data/db:5432");
    expect(read("tcp", "8443", "data/db:5432", { "https-port": "8443" })).toBe("STREAM_ENTRY_IGNORED");
  });

  it("name the ConfigMap", () => {
    expect(read("tcp", "5432", "data/db:5432", { "tcp-services-configmap": "default/tcp-services" })).toBe(
      "5432 data/db:5432",
    );
    expect(read("tcp", "5432", "data/db:5432", { "tcp-services-configmap": "default/other" })).toBe(
      "STREAM_CONFIG_MISSING",
    );
  });
});
