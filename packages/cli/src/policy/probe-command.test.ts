import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ProbeCommand, runProbe } from './probe-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'orrery-probe-'))

function probed(command: ProbeCommand['command'], more: Partial<ProbeCommand> = {}) {
  return runProbe({ command, cwd: folder, variables: {}, onOutput: () => {}, ...more })
}

/** Whether a process of this id is there and no zombie. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test('0 is well; another end comes with the line that says most', async () => {
  expect(await probed('exit 0')).toBeUndefined()
  expect(await probed('echo start; echo "Error: no order"; echo bye; exit 3')).toBe(
    'the command ended with exit code 3: Error: no order',
  )
  expect(await probed('kill -9 $$')).toBe('the command ended with signal SIGKILL')
  expect(await probed(['sh', '-c', 'test "$COLOUR" = red'], { variables: { COLOUR: 'red' } })).toBe(
    undefined,
  )
})

test('its output is handed on', async () => {
  const out: string[] = []
  await probed('echo one; echo two >&2', { onOutput: (text) => out.push(text) })
  expect(out.join('').split('\n').sort()).toEqual(['', 'one', 'two'])
})

test('what takes too long, or is called off, ends with all that it started', async () => {
  const late = join(folder, 'late')
  expect(await probed(`sleep 60 & echo $! > ${late}; wait`, { limitMs: 1500 })).toBe(
    'the command took longer than 1.5 s',
  )
  expect(lives(Number(readFileSync(late, 'utf8')))).toBe(false)
  const called = new AbortController()
  const running = probed('sleep 60', { signal: called.signal })
  called.abort('sqs:SendMessage was refused')
  expect(await running).toBe('sqs:SendMessage was refused')
})

test('a program that is not there is told', async () => {
  await expect(probed(['no-such-program'])).rejects.toThrow('ENOENT')
})
