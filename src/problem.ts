import { exitCodes, FleetError } from './errors.ts';

/** Something wrong in a file, where it stands. Only errors stop a launch. */
export interface Problem {
  file: string;
  /** From 1; null when the file as a whole is meant. */
  line: number | null;
  column: number | null;
  /** Keys from the top, joined by dots: `monitor.criteria[0].expr`. Empty for the file as a whole. */
  path: string;
  /** What was found and what was expected. */
  message: string;
  /** The nearest right name, or what to try. */
  suggestion: string | null;
  severity: 'error' | 'warning' | 'note';
}

/** `playbooks/prod-50k.yaml:12:3: monitor.every: expected a duration, got "often"`, as compilers print it. */
export function formatProblem(problem: Problem): string {
  const where = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const suggestion = problem.suggestion === null ? '' : ` (${problem.suggestion})`;
  return `${where}: ${problem.severity === 'error' ? '' : `${problem.severity}: `}${path}${problem.message}${suggestion}`;
}

/** Files that a command needs have errors: all of their problems, warnings and notes too, are told at once. */
export class FilesHaveErrors extends FleetError {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const files = [...new Set(errors.map((problem) => problem.file))];
    super(`${files.join(', ')}: ${errors.length === 1 ? 'one error' : `${errors.length} errors`}`, {
      code: 'files-have-errors',
      exit: exitCodes.usage,
    });
    this.problems = problems;
  }
}
