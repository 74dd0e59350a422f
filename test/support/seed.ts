import fc from "fast-check";

/** One seed for all property tests, so that a run can be repeated; FC_SEED gives another one, and a soak takes a new one each time. */
const DEFAULT_SEED = 7;

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env["FC_SEED"] ?? DEFAULT_SEED) });
