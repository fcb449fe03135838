// Where things lie. Every other module asks here.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const interop_root = dirname(dirname(fileURLToPath(import.meta.url)));
export const repo_root = dirname(dirname(interop_root));

/// The published PeerPigeon versions under test, oldest first.
export const client_versions = ['0.1.1', '1.0.6', '1.1.3'];

export const client_folder = (version) => join(interop_root, 'clients', version);
export const client_modules = (version) => join(client_folder(version), 'node_modules');
export const chromium_path = process.env.CHROMIUM ?? '/usr/bin/chromium';
