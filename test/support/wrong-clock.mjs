// Loaded into a fleet process by `--import`: its wall clock is wrong by FLEET_TEST_CLOCK_HOURS, or by as many milliseconds as the file
// FLEET_TEST_CLOCK says now.
import { readFileSync } from 'node:fs';

const { FLEET_TEST_CLOCK_HOURS: hours, FLEET_TEST_CLOCK: file } = process.env;
const wrongByMs = () => (file === undefined ? Number(hours) * 3_600_000 : Number(readFileSync(file, 'utf8')));
const { now } = Date;
Date.now = () => now() + wrongByMs();
