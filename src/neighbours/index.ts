export { allNeighbours, neighbourById, neighbourEntry } from "./catalogue.js";
export type { CertificateRequest } from "./certificates.js";
export type { Carried } from "./carried.js";
export { readNeighbours, type Neighbours } from "./read.js";
export { OUTCOMES, type Neighbour, type NeighbourAnswer, type NeighbourEntry, type Outcome } from "./types.js";
