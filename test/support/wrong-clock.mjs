// Loaded into a fleet process by `--import`: its wall clock is wrong by FLEET_TEST_CLOCK_HOURS.
const ms = Number(process.env['FLEET_TEST_CLOCK_HOURS']) * 3_600_000;
const { now } = Date;
Date.now = () => now() + ms;
