import { pythonError } from '../training/failure.ts';

/** What is asked of python3 where a machine has neither curl nor wget: the text behind a URL, for a client of Google's metadata. */
export function isFetch([code = '', url, ...more]: string[]): boolean {
  return /\bimport sys, urllib\.request\b/.test(code) && /^http:/.test(url ?? '') && more.length === 0;
}

export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { headers: { 'Metadata-Flavor': 'Google' } });
  if (!response.ok) throw pythonError(`urllib.error.HTTPError: HTTP Error ${response.status}: ${response.statusText}`);
  return await response.text();
}
