import ipaddr from "ipaddr.js";

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const networks = new Map<string, Network | undefined>();
const clients = new Map<string, ipaddr.IPv4 | ipaddr.IPv6>();
const MOST_REMEMBERED = 10_000;

/** Whether the address lies in one of the networks (CIDR or single address); families never match each other, unreadable texts match nothing. */
export function inAnyNetwork(address: string, ranges: readonly string[]): boolean {
  let client = clients.get(address);
  if (client === undefined) {
    client = ipaddr.parse(address);
    if (clients.size > MOST_REMEMBERED) clients.clear();
    clients.set(address, client);
  }
  const parsed = client;
  return ranges.some((range) => {
    const network = networkOf(range);
    return network !== undefined && network[0].kind() === parsed.kind() && parsed.match(network[0], network[1]);
  });
}

/**
 * The address in front of the last trusted one in a list of addresses that proxies have passed on; the first of the list when all are trusted
 * (nginx, real_ip_recursive on; Envoy, xff_trusted_cidrs).
 *
 * @param peer address of the connection, which has to be trusted itself
 */
export function addressInList(list: string | undefined, peer: string, trusted: readonly string[]): string {
  if (list === undefined || !inAnyNetwork(peer, trusted)) return peer;
  const addresses = list
    .split(",")
    .map((text) => text.trim())
    .filter((text) => ipaddr.isValid(text));
  const outside = addresses.findLast((address) => !inAnyNetwork(address, trusted));
  return outside ?? addresses[0] ?? peer;
}

/** The network that a text means; a bare address is its own network. */
export function networkOf(range: string): Network | undefined {
  if (networks.has(range)) return networks.get(range);
  if (networks.size > MOST_REMEMBERED) networks.clear();
  const text = range.trim();
  const cidr = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  const network: Network | undefined = ipaddr.isValidCIDR(cidr) ? ipaddr.parseCIDR(cidr) : undefined;
  networks.set(range, network);
  return network;
}
