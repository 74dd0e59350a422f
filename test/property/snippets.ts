import fc from "fast-check";
import { ingressSet, type RandomIngress } from "./ingresses.js";

const PREFIX = "nginx.ingress.kubernetes.io/";

const one = (...lines: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...lines);

const headers = one(
  'more_set_headers "X-A: 1";',
  'more_set_headers "X-A: 2" "X-B: $host";',
  'more_set_headers "X-Frame-Options: DENY";',
  'more_set_headers -s 404 "X-Missing: 1";',
  "add_header X-A added;",
  "add_header X-C c always;",
  "add_header Cache-Control no-store;",
  "more_clear_headers X-Powered-By X-A;",
  "proxy_hide_header X-Powered-By;",
  "expires 1d;",
);

/** Not allowed inside of `if`, apart from the last ones. */
const requestHeaders = one(
  "proxy_set_header X-Team a;",
  "proxy_set_header X-Real-IP $remote_addr;",
  'proxy_set_header X-Scheme "";',
  "proxy_set_header Host internal.example.com;",
  "proxy_set_header Upgrade $http_upgrade;",
  "proxy_pass_request_headers off;",
  'more_set_input_headers "X-In: 1";',
  "more_clear_input_headers X-Secret;",
);

const answers = one(
  "return 403;",
  "return 404;",
  "return 444;",
  "return 503;",
  'return 200 "ok";',
  "return 204;",
  "return 301 https://new.example.net$request_uri;",
  "return 302 /login;",
  "return 307 https://other.example.net/x;",
  "return https://short.example.net/;",
  "return 308 $scheme://b.example.com$request_uri;",
);

const rewrites = one(
  "rewrite ^/old/(.*)$ /new/$1 permanent;",
  "rewrite ^/app(/|$)(.*) https://new.example.net/v2/$2 redirect;",
  "rewrite ^/app/deep(/.*)?$ /help$1? permanent;",
  "rewrite ^/API/(.*) $scheme://$host/$1 redirect;",
  "rewrite ^/app/(.*)$ /$1 break;",
  "rewrite ^/apple /app last;",
  "rewrite ^/start$ /app/deep last;",
  "rewrite ^/old/(.*)$ /app/$1 last;",
  "rewrite ^/app/(.*)$ /x/$1 last;",
  "rewrite ^ /app last;",
  "rewrite ^/docs /;",
  "rewrite ^(.*)$ https://moved.example.net$1 redirect;",
  "rewrite ^/API$ /app;",
  "rewrite ^(/start)$ $1/ redirect;",
  "rewrite ^/app/deep$ https://old.example.net/ permanent;",
  "rewrite ^/old(/|$) /new? permanent;",
  "break;",
);

const variables = one("set $flag 1;", "set $args a=2;", 'set $flag "${flag}b";', "set $name $http_x_name;");

const CONDITIONS = [
  "$request_method = POST",
  "$request_method !~ ^(GET|HEAD)$",
  "$request_method = OPTIONS",
  "$http_x_beta",
  "$http_x_beta = on",
  "$http_x_beta != on",
  '$http_user_agent ~* "(bot|crawler)"',
  "$http_user_agent !~ Mozilla",
  "$cookie_beta = 1",
  '$http_cookie ~* "beta=([a-z]+)"',
  "$host = a.example.com",
  "$host ~ ^shop",
  "$scheme = http",
  "$https = on",
  "$uri ~ ^/app/",
  "$uri = /app",
  "$uri != /app",
  "$uri !~ ^/app",
  "$uri ~* \\.(css|php)$",
  "$uri ~ ^/(app|docs)(/|$)",
  "$uri ~ /x",
  "$document_uri = /app/deep",
  '$request_uri ~* "/admin"',
  '$request_uri ~* "^/admin"',
  "$request_uri = /app",
  "$request_uri !~ ^/app(/|\\?|$)",
  "$arg_debug",
  "$arg_debug = 1",
  "$arg_Debug != 1",
  '$arg_debug ~* "^(on|yes)"',
  "$args ~ debug=1",
  "$query_string = a=1",
  "$nobody",
  "$flag",
  "$flag = 1b",
  "$remote_addr = 10.0.0.1",
  "$ssl_protocol = TLSv1",
] as const;

/** `if` with one or two directives; now and then with one that nginx does not take there. */
const condition = fc
  .tuple(
    one(...CONDITIONS),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: answers },
        { weight: 3, arbitrary: headers },
        { weight: 2, arbitrary: rewrites },
        { weight: 2, arbitrary: variables },
        { weight: 1, arbitrary: requestHeaders },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([asked, body]) => `if (${asked}) {\n  ${body.join("\n  ")}\n}`);

const access = one("allow 10.0.0.0/8;", "allow 192.0.2.7;", "deny 192.0.2.0/24;", "deny all;", "satisfy any;");

const others = one(
  "proxy_read_timeout 300s;",
  "proxy_connect_timeout 10s;",
  "client_max_body_size 20m;",
  "limit_except GET { deny all; }",
  "sub_filter http:// https://;",
  "proxy_buffering off;",
  "access_log off;",
  "access_by_lua_block { ngx.exit(403) }",
  "gzip on;",
  "some_module_directive on;",
  "default_type application/json;",
);

const locations = one(
  'location = /robots.txt { return 200 "User-agent: *"; }',
  "location /static/ { return 404; }",
  'location = /data.json { default_type text/plain; return 200 "{}"; }',
  "location ^~ /app/deep { return 410; }",
  "location ~* \\.php$ { deny all; }",
  "location /ext/ { proxy_pass http://web.team-a.svc.cluster.local:80; }",
  'location /deep { proxy_pass http://web.team-b.svc.cluster.local; proxy_set_header Host $host; more_set_headers "X-A: 3"; }',
  "location /base/ { proxy_pass http://web.team-a.svc:80/v1/; proxy_redirect off; }",
  "location = /feed { proxy_pass http://web.team-a.svc.cluster.local:80/rss; proxy_set_header X-Team b; }",
  "location /off { rewrite ^/off/(.*)$ /$1 break; proxy_pass http://web.team-a.svc.cluster.local; }",
  "location ~ ^/v[0-9]/ { if ($request_method = POST) { return 405; } proxy_pass http://web.team-a.svc.cluster.local; }",
  "location /out/ { proxy_pass http://outside.example.net; }",
  "location /open { proxy_pass http://upstream_balancer; }",
  "location = /moved { return 301 https://moved.example.net/; }",
  "location /secret { allow 10.0.0.0/8; deny all; proxy_pass http://web.team-a.svc.cluster.local; }",
);

const lines = (...parts: readonly fc.WeightedArbitrary<string>[]): fc.Arbitrary<string> =>
  fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 4 }).map((text) => text.join("\n"));

const configurationSnippet = lines(
  { weight: 6, arbitrary: headers },
  { weight: 3, arbitrary: requestHeaders },
  { weight: 6, arbitrary: condition },
  { weight: 1, arbitrary: answers },
  { weight: 2, arbitrary: rewrites },
  { weight: 2, arbitrary: variables },
  { weight: 2, arbitrary: access },
  { weight: 1, arbitrary: others },
);

const serverSnippet = lines(
  { weight: 3, arbitrary: headers },
  { weight: 1, arbitrary: requestHeaders },
  { weight: 5, arbitrary: condition },
  { weight: 4, arbitrary: locations },
  { weight: 1, arbitrary: rewrites },
  { weight: 1, arbitrary: variables },
  { weight: 1, arbitrary: access },
  { weight: 1, arbitrary: others },
);

/** Sets of Ingresses of which some have snippets made of the directives that people write. */
export const ingressesWithSnippets: fc.Arbitrary<readonly RandomIngress[]> = fc
  .tuple(
    ingressSet,
    fc.array(
      fc.record({
        configuration: fc.option(configurationSnippet, { freq: 3 }),
        server: fc.option(serverSnippet, { freq: 1 }),
      }),
      { minLength: 4, maxLength: 4 },
    ),
  )
  .map(([set, snippets]) =>
    set.map((ingress, index) => {
      const { configuration, server } = snippets[index] ?? { configuration: null, server: null };
      const annotations = {
        ...ingress.metadata.annotations,
        ...(configuration === null ? {} : { [`${PREFIX}configuration-snippet`]: configuration }),
        ...(server === null ? {} : { [`${PREFIX}server-snippet`]: server }),
      };
      return { ...ingress, metadata: { ...ingress.metadata, annotations } };
    }),
  );

const maps = one(
  'map $http_user_agent $bot { default 0; ~*crawler 1; "curl" 1; }',
  "map $host $tenant { default none; a.example.com a; }",
  "map $http_x_beta $beta { default 0; on 1; off 0; }",
  "map $request_method $reads { default 0; GET 1; HEAD 1; }",
  "map $uri $place { default other; /app app; ~^/docs docs; }",
  "geo $office { default 0; 10.0.0.0/8 1; }",
);
const ofMaps = one(
  "if ($bot) { return 403; }",
  'if ($beta = 1) { more_set_headers "X-Beta: on"; }',
  "if ($reads = 0) { return 405; }",
  "if ($tenant = a) { return 302 /tenant; }",
  "if ($office) { return 204; }",
  'more_set_headers "X-Tenant: $tenant";',
  'more_set_headers "X-Place: $place";',
);

const httpSnippet = lines(
  { weight: 5, arbitrary: headers },
  { weight: 3, arbitrary: maps },
  { weight: 1, arbitrary: one("proxy_set_header X-Team a;", "client_max_body_size 1g;", "proxy_read_timeout 300s;") },
  { weight: 1, arbitrary: one("allow 10.0.0.0/8;", "deny 192.0.2.0/24;", "limit_req_zone $host zone=z:1m rate=1r/s;") },
);
const everyServer = lines(
  { weight: 3, arbitrary: headers },
  { weight: 4, arbitrary: condition },
  { weight: 4, arbitrary: ofMaps },
  { weight: 2, arbitrary: locations },
  { weight: 1, arbitrary: rewrites },
  { weight: 1, arbitrary: access },
);
const everyLocation = lines(
  { weight: 5, arbitrary: headers },
  { weight: 2, arbitrary: requestHeaders },
  { weight: 3, arbitrary: condition },
  { weight: 3, arbitrary: ofMaps },
  { weight: 1, arbitrary: answers },
  { weight: 1, arbitrary: access },
  { weight: 1, arbitrary: others },
);

/** Such sets, with and without snippets of their own, under a ConfigMap of the controller that has some. */
export const ingressesUnderSnippets: fc.Arbitrary<readonly object[]> = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: ingressSet }, { weight: 1, arbitrary: ingressesWithSnippets }),
    fc.record({
      http: fc.option(httpSnippet, { freq: 2 }),
      server: fc.option(everyServer, { freq: 2 }),
      location: fc.option(everyLocation, { freq: 2 }),
    }),
  )
  .map(([set, { http, server, location }]) => [
    ...set,
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
      data: {
        "allow-snippet-annotations": "true",
        "annotations-risk-level": "Critical",
        ...(http === null ? {} : { "http-snippet": http }),
        ...(server === null ? {} : { "server-snippet": server }),
        ...(location === null ? {} : { "location-snippet": location }),
      },
    },
  ]);
