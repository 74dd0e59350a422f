import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { joinedNetworks, readNetwork, type Network } from "../../../src/targets/envoy-gateway/networks.js";

const networks = (...list: readonly string[]): Network[] => list.flatMap((text) => readNetwork(text) ?? []);
const joined = (...list: readonly string[]): string[] => joinedNetworks(networks(...list)).map(({ cidr }) => cidr);

describe("joinedNetworks", () => {
  it.each([
    [["10.0.0.0/9", "10.128.0.0/9"], ["10.0.0.0/8"]],
    [["10.0.0.0/8", "10.1.2.3"], ["10.0.0.0/8"]],
    [["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/25"], ["192.0.2.0/24"]],
    // Neighbours that are no halves of one network.
    [
      ["192.0.2.64/26", "192.0.2.128/26"],
      ["192.0.2.128/26", "192.0.2.64/26"],
    ],
    [
      ["2001:db8::/33", "2001:db8:8000::/33", "10.0.0.1"],
      ["10.0.0.1/32", "2001:db8::/32"],
    ],
    [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]],
    [[], []],
  ])("%j becomes %j", (list, expected) => {
    expect(joined(...list)).toEqual(expected);
  });

  it("holds the same addresses as before", () => {
    const octet = fc.integer({ min: 0, max: 3 });
    const network = fc.tuple(octet, octet, fc.integer({ min: 6, max: 16 }));
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), octet, octet, (list, a, b) => {
        const texts = list.map(([first, second, prefix]) => `${first * 64}.${second * 64}.0.0/${prefix}`);
        const address = ipaddr.parse(`${a * 64}.${b * 64}.1.1`);
        const holds = (cidrs: readonly string[]): boolean =>
          cidrs.some((cidr) => address.match(...ipaddr.parseCIDR(cidr)));
        expect(holds(joined(...texts))).toBe(holds(texts));
      }),
    );
  });

  it("copes with long lists", () => {
    const list = Array.from({ length: 2048 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
    expect(joined(...list)).toEqual(["10.0.0.0/13"]);
  });
});
