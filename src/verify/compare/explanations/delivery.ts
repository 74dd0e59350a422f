import { explains, INGRESS, RUN, type Case, type Explanation } from "../explanation.js";

const isAnnotated = ({ before }: Case, ...keys: readonly string[]): boolean =>
  keys.some((key) => before.by.keys?.includes(key) === true);

const RETRIES = ["proxy-next-upstream", "proxy-next-upstream-tries"];

/** How requests reach a pod: further tries, what may be open at once, and which pod is chosen. */
export const deliveryExplanations: readonly Explanation[] = [
  explains("DEFAULT_RETRIES", RUN, ["retries"], (of, { kept, retries }) => {
    if (isAnnotated(of, ...RETRIES)) return false;
    const { before, after } = of.difference;
    return kept ? before.replace(/^any number/, `${retries}`) === after : after === "none";
  }),
  explains(
    "RETRY_UNLIMITED",
    INGRESS,
    ["retries"],
    ({ difference: { before, after } }, { retries }) => before.replace(/^any number/, `${retries}`) === after,
  ),
  // One try more, for the stand-in, which only a connection that fails leads to.
  explains("FALLBACK_BACKEND_FAILOVER", INGRESS, ["retries"], ({ before, after }) => {
    const [was, becomes] = [before.limits.retries, after.limits.retries];
    if (was === undefined || becomes === undefined || typeof becomes.more !== "number") return false;
    const isOneMore = was.more === "any number" || was.more + 1 === becomes.more;
    return isOneMore && (was.more === 0 ? ["failed connections"] : was.on).join() === becomes.on.join();
  }),
  explains(
    "DEFAULT_CIRCUIT_BREAKER",
    RUN,
    ["parallel"],
    ({ difference }, { kept }) => !kept && difference.after === "1024 connections, 1024 requests, 1024 waiting",
  ),
  explains("CONNECTION_LIMIT_SHARED", INGRESS, ["parallel"], ({ before, after }, { total }) => {
    const [was, becomes] = [before.limits.parallel, after.limits.parallel];
    if (was === undefined || becomes?.requests !== total) return false;
    const others = [becomes.connections, becomes.waiting];
    // Beside a number that is written, Envoy Gateway fills in its own for the others.
    return others.every((number) => number === was.connections) || others.every((number) => number === 1024);
  }),
  explains(
    "DEFAULT_LOAD_BALANCING",
    RUN,
    ["balancing"],
    ({ difference: { before, after } }) => before === "round-robin" && after === "least-busy",
  ),
  explains(
    "HASH_KEY_UNSUPPORTED",
    INGRESS,
    ["balancing"],
    ({ difference: { before, after } }) => before === "hash" && (after === "round-robin" || after === "least-busy"),
  ),
];
