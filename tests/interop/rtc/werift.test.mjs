import { partner_program } from './lib/paths.mjs';
import { ProgramHost } from './lib/program_host.mjs';
import { test_all_scenarios } from './lib/suite.mjs';

const start = () => ProgramHost.start(partner_program('werift'));

test_all_scenarios('werift', start);
