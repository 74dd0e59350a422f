export { allNeighbours, allServiceEntries, neighbourById, neighbourEntry } from "./catalogue.js";
export type { Balancer } from "./balancer.js";
export type { CertificateRequest } from "./certificates.js";
export type { Carried } from "./carried.js";
export { readNeighbours, type Neighbours } from "./read.js";
export {
  OUTCOMES,
  type Neighbour,
  type NeighbourAnswer,
  type NeighbourEntry,
  type Outcome,
  type ServiceEntry,
} from "./types.js";
