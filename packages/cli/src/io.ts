import type { Io } from './command.ts'

export const processIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  cwd: process.cwd(),
}

/** Wraps text in an ANSI colour on terminals. */
export function paint(
  io: Io,
  colour: 'green' | 'red' | 'yellow' | 'dim' | 'bold',
  text: string,
): string {
  const codes = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 }
  return io.terminal ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
}
