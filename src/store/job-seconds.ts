/**
 * SQL, of a row of `runs` that has ended: how long its jobs ran, by the clock of their host where all of them are known, else from the start of the first to
 * the end of the run, which is later than that of the job where nobody looked.
 */
export const jobSeconds = `coalesce(
  (SELECT iif(count(*) = count(json_extract(ending, '$.seconds')), sum(json_extract(ending, '$.seconds')), NULL) FROM tries WHERE tries.run = runs.number),
  max(0, runs.ended_at - runs.started_at) / 1000.0)`;
