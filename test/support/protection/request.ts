import { BlockList, isIPv6 } from "node:net";

/** A request with everything that its sender can show. */
export type Request = {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly path: string;
  readonly address: string;
  readonly password?: "basic" | "digest";
  /** What the authentication service says of it. */
  readonly isKnown: boolean;
  readonly certificate?: { readonly subject: string; readonly signed: boolean };
};

/** Whether an address lies in one of the networks; a bare address is a network of one. */
export function liesIn(address: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", bits] = network.trim().split("/");
    const family = isIPv6(base) ? "ipv6" : "ipv4";
    list.addSubnet(base, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whether the handshake lets the client in. */
export function passesHandshake(
  mode: "on" | "optional" | "optional_no_ca" | undefined,
  certificate: Request["certificate"],
): boolean {
  if (mode === undefined || mode === "optional_no_ca") return true;
  return certificate === undefined ? mode === "optional" : certificate.signed;
}
