import { onceName, placesOf, type Directive, type Place } from "../../nginx-config/index.js";

/** A directive with which nginx refuses the whole configuration, and why. */
export type Refused = { readonly directive: Directive; readonly reason: string };

/** Lines of a block that nginx takes once, where another one stands before them. */
export function secondOnes(directives: readonly Directive[]): ReadonlySet<Directive> {
  const seen = new Set<string>();
  return new Set(
    directives.flatMap((directive) => {
      const name = onceName(directive.name);
      if (name === undefined) return [];
      if (seen.has(name)) return [directive];
      seen.add(name);
      return [];
    }),
  );
}

/** Where nginx does not take a directive; what is not listed is taken to be right outside of `if` and limit_except, which few modules know. */
export function misplacedIn(directive: Directive, place: Place): Refused | undefined {
  const places = placesOf(directive.name);
  if (places === undefined ? !/-/.test(place) : places.has(place)) return undefined;
  return { directive, reason: whyMisplaced(places, place) };
}

function whyMisplaced(places: ReadonlySet<Place> | undefined, place: Place): string {
  if (places?.size === 0) return "the controller's nginx is built without it";
  if (place === "limit-except") return "nginx does not take it inside of limit_except";
  if (place === "server-if" || place === "location-if")
    return `nginx does not take it inside of an if of the ${place === "server-if" ? "server" : "location"}`;
  if (places?.size === 1 && places.has("http")) return "nginx takes it in http {} only";
  if (places?.has("http") === true) return "nginx takes it in http {} or a server only";
  if (places?.has("server") === true)
    return places.has("location") ? "nginx takes it in a server or location only" : "nginx takes it in a server only";
  return "nginx takes it in a location only";
}

/** The same for what stands inside of an `if` or limit_except of a block. */
export function misplacedInside(directive: Directive, block: "server" | "location"): Refused[] {
  const inside = directive.name === "if" ? (`${block}-if` as const) : "limit-except";
  if (directive.name !== "if" && directive.name !== "limit_except") return [];
  return (directive.block ?? []).flatMap((inner) => misplacedIn(inner, inside) ?? []);
}
