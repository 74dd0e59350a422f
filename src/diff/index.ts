export { compareFiles, type FileChange } from "./file-changes.js";
export { compareObjects, type LiveComparison } from "./live-objects.js";
export { diffDocument, differs } from "./document.js";
export { renderFileNames, renderFileStat, renderFiles, renderLive } from "./render-changes.js";
export { renderRoutes } from "./render-routes.js";
export { diffSchema, type DiffDocument } from "./schema.js";
