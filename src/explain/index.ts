export { annotationText } from "./annotation-text.js";
export { codeText, type CodeExample } from "./code-text.js";
export { neighbourText } from "./neighbour-text.js";
export { EXAMPLE_FLAGS, exampleOf } from "./example.js";
export { allCodes, codeFacts, findSubject, listSubjects, raisedBy, type SubjectLine } from "./subjects.js";
