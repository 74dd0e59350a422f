import ipaddr from "ipaddr.js";

/** CIDRs of a comma list, or the first item that is none. */
export type Addresses = { readonly cidrs: readonly string[] } | { readonly bad: string };

/**
 * Reads a comma list of IP addresses and CIDRs as the controller does (internal/net/ipnet.go): blanks around items do not
 * matter, an empty item does, networks lose their host bits, and the list is sorted without duplicates.
 *
 * @returns CIDRs (single addresses as /32 or /128), or the first item that is neither
 */
export function readAddresses(text: string): Addresses {
  const cidrs = new Set<string>();
  for (const item of text.split(",")) {
    const cidr = readAddress(item.trim());
    if (cidr === undefined) return { bad: item.trim() };
    cidrs.add(cidr);
  }
  return { cidrs: [...cidrs].sort() };
}

/** Whether a text is one address or CIDR. */
export function isAddress(text: string): boolean {
  return readAddress(text) !== undefined;
}

function readAddress(item: string): string | undefined {
  const slash = item.indexOf("/");
  const address = parseAddress(slash === -1 ? item : item.slice(0, slash));
  if (address === undefined) return undefined;
  const width = address.kind() === "ipv4" ? 32 : 128;
  if (slash === -1) return `${plain(address)}/${plain(address).includes(":") ? 128 : 32}`;
  const bits = item.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  return network(address, Number(bits));
}

/** Go takes four decimal numbers without leading zeros, or IPv6 without zone and brackets (net.ParseIP). */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":") || !ipaddr.IPv6.isValid(text)) return undefined;
  const tail = text.slice(text.lastIndexOf(":") + 1);
  return tail.includes(".") && !ipaddr.IPv4.isValidFourPartDecimal(tail) ? undefined : ipaddr.IPv6.parse(text);
}

/** IPv4 addresses in IPv6 clothes print as IPv4, as Go's net.IP does. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? address.toIPv4Address().toString()
    : address.toString();
}

function network(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string | undefined {
  const bytes = address
    .toByteArray()
    .map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 0xff);
  const masked = ipaddr.fromByteArray(bytes);
  if (masked instanceof ipaddr.IPv6 && masked.isIPv4MappedAddress()) {
    return bits < 96 ? undefined : `${plain(masked)}/${bits - 96}`;
  }
  return `${masked.toString()}/${bits}`;
}
