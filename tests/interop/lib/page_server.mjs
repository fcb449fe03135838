// Serves the test pages and the unmodified client files to Chromium, on loopback only.
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { client_modules, client_versions, interop_root } from './paths.mjs';

const media_types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.html': 'text/html' };

const agent_files = ['/lib/agent.mjs', '/rtc/lib/content.mjs'];

// The page's RTCPeerConnection loses its STUN servers for the same reason as in node_agent.mjs.
const prelude = `
  window.DISABLE_LOCALHOST_MEDIA_REQUEST = true;
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super({ ...configuration, iceServers: [], iceCandidatePoolSize: 0 });
    }
  };`;

// 0.1.1 was published without a bundle; its modules run in a page as they are.
function load_client(version) {
  if (version === '0.1.1') {
    return `import { PeerPigeonMesh } from '/clients/0.1.1/src/PeerPigeonMesh.js';`;
  }
  return `const { PeerPigeonMesh } = window;`;
}

function page(version) {
  const bundle =
    version === '0.1.1'
      ? ''
      : `<script src="/clients/${version}/dist/peerpigeon-browser.js"></script>`;
  return `<!doctype html><meta charset="utf-8"><title>${version}</title>
<script>${prelude}</script>${bundle}
<script type="module">
  ${load_client(version)}
  import { make_agent } from '/lib/agent.mjs';
  window.agent = make_agent(PeerPigeonMesh, (event) => window.report(event));
</script>`;
}

function file_for(path) {
  if (agent_files.includes(path)) return join(interop_root, path);
  const [, folder, version, ...rest] = path.split('/');
  if (folder !== 'clients' || !client_versions.includes(version)) return null;
  const inside = normalize(rest.join('/'));
  return inside.startsWith('..') ? null : join(client_modules(version), 'peerpigeon', inside);
}

function answer(request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  const version = path.match(/^\/page\/([\d.]+)$/)?.[1];
  if (client_versions.includes(version)) {
    response.writeHead(200, { 'content-type': 'text/html' });
    return response.end(page(version));
  }
  const file = file_for(path);
  if (!file || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': media_types[extname(file)] ?? 'application/octet-stream',
  });
  return createReadStream(file).pipe(response);
}

/// Resolves with {origin, close()}.
export async function start_page_server() {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
