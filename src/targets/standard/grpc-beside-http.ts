import { finding, type Finding } from "../../findings/index.js";
import type { Plan, PlannedRule } from "../../plan/index.js";
import { isGrpcRule } from "../gateway-api/grpc.js";

type Kinds = { grpc?: PlannedRule; hasHttp: boolean };

/** Hosts that have routes of both kinds on one listener, of which implementations may refuse one. */
export function grpcBesideHttp({ routes }: Plan): readonly Finding[] {
  const places = new Map<string, Kinds>();
  for (const { listeners, hostnames, rules } of routes) {
    for (const place of listeners.flatMap((name) => hostnames.map((host) => `${name} ${host}`))) {
      const kinds = places.get(place) ?? { hasHttp: false };
      for (const rule of rules) {
        if (isGrpcRule(rule)) kinds.grpc ??= rule;
        else kinds.hasHttp = true;
      }
      places.set(place, kinds);
    }
  }
  const mixed = [...places].filter(([, { grpc, hasHttp }]) => grpc !== undefined && hasHttp);
  const origin = mixed[0]?.[1].grpc?.origin;
  if (origin === undefined) return [];
  const hosts = [...new Set(mixed.map(([place]) => place.split(" ")[1] ?? ""))];
  return [finding("GRPC_BESIDE_HTTP", origin, { hosts }, { target: "standard" })];
}
