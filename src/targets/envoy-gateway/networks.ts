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

/** Whether the text is an IPv4 or IPv6 address. */
export function isIP(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
