export type { Command, Io } from './command.ts'
export { commands, runCommandLine } from './run-command-line.ts'
