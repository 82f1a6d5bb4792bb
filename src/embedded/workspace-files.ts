import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface WorkspaceFile {
  /** Inside the repository. */
  path: string;
  content: Buffer;
  executable: boolean;
}

/** The files of the workspace, sorted. `gitignore` stands for `.gitignore`, which a package cannot hold. */
export async function readWorkspaceFiles(folder: string): Promise<WorkspaceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    files.sort().map(async (file) => {
      const path = file.slice(folder.length + 1);
      return {
        path: path === 'gitignore' ? '.gitignore' : path,
        content: await readFile(file),
        executable: path.endsWith('.sh'),
      };
    }),
  );
}

/** Changes when any file does. */
export function fingerprint(files: WorkspaceFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.path}\0${file.executable}\0${file.content.length}\0`).update(file.content);
  return hash.digest('hex');
}
