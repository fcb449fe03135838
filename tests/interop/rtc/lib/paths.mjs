// Where things lie.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repo_root } from '../../lib/paths.mjs';

export const rtc_root = fileURLToPath(new URL('..', import.meta.url));
export const partner_script = join(rtc_root, 'lib', 'peer_program.mjs');

/// How to start a partner that is a Node package.
export const partner_program = (name) => [process.execPath, partner_script, name];

/// How to start our side: the program in RTC_PEER, or the partner of that name as a reference.
export function our_program() {
  const chosen = process.env.RTC_PEER ?? join(repo_root, 'build', 'release', 'bin', 'rtc_peer');
  if (existsSync(join(rtc_root, 'partners', `${chosen}.mjs`))) return partner_program(chosen);
  if (!existsSync(chosen)) throw new Error(`no program ${chosen}: build it, or set RTC_PEER`);
  return [chosen];
}
