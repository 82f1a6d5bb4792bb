/** What each worker of a run on several has shown. */
export const fifth = `
  -- JSON: a list; null: of a run on one worker.
  ALTER TABLE checks ADD COLUMN workers TEXT;
`;
