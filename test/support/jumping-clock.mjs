// Loaded into a fleet process by `--import`: its wall clock is wrong by as many milliseconds as the file FLEET_TEST_CLOCK says now.
import { readFileSync } from 'node:fs';

const { FLEET_TEST_CLOCK: file } = process.env;
const { now } = Date;
Date.now = () => now() + Number(readFileSync(file, 'utf8'));
