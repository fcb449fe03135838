import { test_package } from './lib/suite.mjs';

test_package('node_datachannel');
