import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMESPACES = 50;

/** The migration guide's example (fixtures/migration-guide-example) under a name and host of its own. */
function ingress(index: number, namespace: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop-${index}
  namespace: ${namespace}
  annotations:
    nginx.ingress.kubernetes.io/use-regex: "true"
    nginx.ingress.kubernetes.io/rewrite-target: /$2
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    nginx.ingress.kubernetes.io/proxy-body-size: 50m
    nginx.ingress.kubernetes.io/proxy-read-timeout: "300"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "300"
spec:
  ingressClassName: nginx
  tls:
    - hosts:
        - shop-${index}.example.com
      secretName: shop-${index}-tls
  rules:
    - host: shop-${index}.example.com
      http:
        paths:
          - path: /v1/users(/|$)(.*)
            pathType: ImplementationSpecific
            backend:
              service:
                name: users
                port:
                  number: 8080
          - path: /v1/orders(/|$)(.*)
            pathType: ImplementationSpecific
            backend:
              service:
                name: orders
                port:
                  number: 8080
`;
}

/** Writes `count` Ingresses into one file per namespace (50 namespaces, fewer when there are fewer Ingresses). */
export function generateManifests(directory: string, count: number): void {
  mkdirSync(directory, { recursive: true });
  const files = Math.min(NAMESPACES, count);
  for (let file = 0; file < files; file += 1) {
    const documents: string[] = [];
    for (let index = file; index < count; index += files) documents.push(ingress(index, `team-${file}`));
    writeFileSync(join(directory, `team-${file}.yaml`), documents.join("---\n"));
  }
}
