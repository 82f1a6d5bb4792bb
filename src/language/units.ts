/** Bytes, with the text that the author wrote, so that messages can show it. GB is 10^9, GiB is 2^30. */
export interface Size {
  bytes: number;
  text: string;
}
