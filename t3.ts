import fc from "fast-check";
import { convert } from "./src/index.js";
import { anyIngresses, anyOptions, surroundings } from "./test/property/every-annotation.js";
import { asManifests, SERVICE_MANIFESTS } from "./test/property/ingresses.js";
const samples = fc.sample(fc.tuple(anyIngresses, surroundings), { numRuns: 200, seed: 5 });
let ing=0, rules=0, canary=0, res=0, empty=0; const codes=new Map<string,number>(); let ann=0;
for (const [set, objects] of samples) {
  ing+=set.length; for(const s of set){ const r=(s.spec as any).rules??[]; rules+=r.length; if(s.metadata.annotations["nginx.ingress.kubernetes.io/canary"]) canary++; ann+=Object.keys(s.metadata.annotations).length;}
  const r=await convert({sources:[{name:"f.yaml",text:asManifests([...set,...SERVICE_MANIFESTS,...objects])}]} as never);
  res+=r.resources.length; if(!r.resources.length) empty++;
  for(const f of r.findings) if(/REJECT|REFUSED|DENIED|UNATTACHED|UNSERVED|INVALID|CLASS/.test(f.code)) codes.set(f.code,(codes.get(f.code)??0)+1);
}
console.log({ing,rules,canary,ann,res,empty},codes);
