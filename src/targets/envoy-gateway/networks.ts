import ipaddr from "ipaddr.js";

/** An address or network in the form that policies accept, with its family. */
export type Network = { readonly cidr: string; readonly family: 4 | 6; readonly prefix: number };

/**
 * Reads an address or CIDR: single addresses get /32 or /128, bits behind the prefix are cleared as nginx does.
 *
 * @returns undefined for a text that is neither
 */
export function readNetwork(text: string): Network | undefined {
  const [address = "", length] = text.trim().split("/");
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === "ipv4" ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return undefined;
  const family = bits === 32 ? 4 : 6;
  const masked = parsed
    .toByteArray()
    .map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefix - index * 8))) & 0xff);
  return { cidr: `${ipaddr.fromByteArray(masked).toString()}/${prefix}`, family, prefix };
}

/** The same addresses in as few networks: those inside of others left out, halves of a network joined. IPv4 first, then the widest. */
export function joinedNetworks(list: readonly Network[]): readonly Network[] {
  const known = new Map(list.map((network) => [network.cidr, network]));
  for (const network of [...known.values()])
    if (ancestors(network).some((wider) => known.has(wider.cidr))) known.delete(network.cidr);
  for (let prefix = 128; prefix > 0; prefix -= 1) joinHalves(known, prefix);
  return [...known.values()].sort(
    (a, b) => a.family - b.family || a.prefix - b.prefix || (a.cidr < b.cidr ? -1 : a.cidr > b.cidr ? 1 : 0),
  );
}

/** Replaces networks of this prefix that are the two halves of one by that one. */
function joinHalves(known: Map<string, Network>, prefix: number): void {
  const halves = new Map<string, Network>();
  for (const network of [...known.values()].filter((candidate) => candidate.prefix === prefix)) {
    const [whole] = ancestors(network);
    const other = whole === undefined ? undefined : halves.get(whole.cidr);
    if (whole === undefined) continue;
    if (other === undefined) halves.set(whole.cidr, network);
    else {
      known.delete(network.cidr);
      known.delete(other.cidr);
      known.set(whole.cidr, whole);
    }
  }
}

/** The networks around a network, the narrowest first. */
function ancestors({ cidr, prefix }: Network): readonly Network[] {
  const address = cidr.split("/")[0] ?? "";
  return Array.from({ length: prefix }, (_, index) => readNetwork(`${address}/${prefix - 1 - index}`)).flatMap(
    (network) => network ?? [],
  );
}

/** Whether the text is an IPv4 or IPv6 address. */
export function isIP(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
