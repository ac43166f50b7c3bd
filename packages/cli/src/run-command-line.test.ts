import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { version } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { orrery } from './command-line.test-support.ts'
import { commands } from './run-command-line.ts'

const names = Object.keys(commands)

test.each(['', 'help', '--help', '-h'])('orrery %s lists every command', async (words) => {
  const { code, out, err } = await orrery(words === '' ? [] : [words])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const listed = [...out.matchAll(/^ {2}(\w+) +\S/gm)].map(([, name]) => name)
  expect(listed).toEqual(names)
})

test('--version is one line', async () => {
  expect(await orrery('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

describe.each(names)('orrery %s', (name) => {
  test.each(['--help', '-h'])('%s tells what it does, its form and its options', async (flag) => {
    const { code, out, err } = await orrery([name, flag])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [summary = '', blank, usage = ''] = out.split('\n')
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(blank).toBe('')
    expect(usage).toMatch(new RegExp(`^Usage: orrery ${name}\\b`))
  })

  test('takes the options that its help names, and no others', async () => {
    const { command } = await (commands[name] ?? expect.fail)()
    const documented = [...command.usage.matchAll(/--([a-z-]+)/g)].map(([, option]) => option)
    const source = fileURLToPath(new URL(`commands/${name}.ts`, import.meta.url))
    expect(new Set(documented)).toEqual(optionsIn(readFileSync(source, 'utf8')))
  })

  test('an unknown option is wrong use', async () => {
    const { code, out, err } = await orrery([name, '--colour'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^orrery: Unknown option '--colour'.*\nSee 'orrery \w+ --help'\.\n$/)
  })
})

/** What a command hands to `parseArgs`, the shared options by their names. */
function optionsIn(source: string): Set<string> {
  const own = [...source.matchAll(/^\s*'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/gm)]
  const inline = [...source.matchAll(/[{,] '?([a-z-]+)'?: \{ type: '(?:string|boolean)'/g)]
  const found = new Set([...own, ...inline].map(([, option]) => option ?? ''))
  if (source.includes('...portOption')) found.add('port')
  if (source.includes('...jsonOption')) found.add('json')
  if (source.includes('...placeOptions')) found.add('account').add('region')
  return found
}

test('an unknown command is wrong use', async () => {
  expect(await orrery('strat --port 1')).toEqual({
    code: 2,
    out: '',
    err: "orrery: no command 'strat'.\nSee 'orrery help' for all of them.\n",
  })
})

test.each([
  ['clock --port 99999', "'99999' is no port.", 'Give a number from 0 to 65535.'],
  ['clock --port http', "'http' is no port.", 'Give a number from 0 to 65535.'],
  [
    'clock advance',
    "'' is no duration.",
    'Give one such as 90d, 12h30m, 45s or 1y; the clock only moves forward.',
  ],
  [
    'clock advance soon',
    "'soon' is no duration.",
    'Give one such as 90d, 12h30m, 45s or 1y; the clock only moves forward.',
  ],
  ['clock advance -5d', 'The clock only moves forward.', 'Give a duration such as 90d or 12h30m.'],
  ['clock rewind', "The clock can't 'rewind'.", 'Use advance DURATION or settle.'],
  ['clock advance 5d 6h', "'6h' is one word too many.", 'Quote what belongs together.'],
  ['deploy', 'Nothing to deploy.', 'Name a template, a cdk.out or a CDK app.'],
  ['deploy a.yaml --parameter Size', "'Size' is not KEY=VALUE.", 'Write --parameter KEY=VALUE.'],
  ['deploy a.yaml --account 12', "'12' is no account.", 'Give twelve digits.'],
  ['destroy', 'No stack named.', "See 'orrery destroy --help'."],
  ['destroy s --region Mars', "'Mars' is no region.", 'Give a name such as eu-west-1.'],
  ['fault', 'No site named.', "See 'orrery fault --help'."],
  ['fault end', 'No fault named.', "See 'orrery status' for those that are armed."],
  ['fault sns.* --times none', "'none' is no number for --times.", 'Give a whole number from 1.'],
  [
    'fault sns.* --probability 2',
    "'2' is no probability.",
    'Give a number from 0 to 1, such as 0.25.',
  ],
  [
    'fault sns.* --error X --delay 1s',
    'A fault answers with an error or late, not both.',
    'Arm two faults.',
  ],
  ['journal --limit 0', "'0' is no number for --limit.", 'Give a whole number from 1.'],
  ['journal --after x', "'x' is no number for --after.", 'Give a whole number from 0.'],
  ['picture', 'Nothing to draw.', 'Name a system or a stack.'],
  ['run', 'No system named.', "See 'orrery systems' for those that run here."],
  ['run 14 --keep --json', '--keep is for people, --json for programs.', 'Give one of them.'],
  ['run 14 --port 1', 'A port is opened by --keep alone.', 'Give --keep too.'],
  ['run 14 --seed x', "'x' is no number for --seed.", 'Give a whole number from 0.'],
  [
    'start --clock sundial',
    "'sundial' is no way to run a clock.",
    'Give real, held, fast=N or skip.',
  ],
  [
    'start --clock fast=0',
    "'fast=0' is no way to run a clock.",
    'Give real, held, fast=N or skip.',
  ],
  ['start --choices odd', "'odd' is no way to choose.", 'Give calm or legal.'],
  ['start --account 1', "'1' is no account.", 'Give twelve digits.'],
])('orrery %s is wrong use: one line what, one line what next', async (words, what, next) => {
  expect(await orrery(words)).toEqual({ code: 2, out: '', err: `orrery: ${what}\n${next}\n` })
})

test.each(['run 99', 'run no-such-system'])(
  'orrery %s names the systems there are',
  async (words) => {
    const { code, err } = await orrery(words)
    expect(code).toBe(2)
    expect(err).toMatch(
      /^orrery: There is no system '.*'\.\nThere are: .*14 cloudformation-events-workflow/,
    )
  },
)

test('systems are found from any folder of the checkout; elsewhere beside the package', async () => {
  const { code, out } = await orrery('systems', { cwd: '/' })
  expect(code).toBe(0)
  expect(out).toMatch(/^14 {2}cloudformation-events-workflow {2}\(runs\)\n {4}A resource that/m)
  expect(out).toMatch(/\d+ of 57 systems; run one with 'orrery run NUMBER'\.\n$/)
  const { systems, planned } = JSON.parse((await orrery('systems --json')).out)
  expect(planned).toBe(57)
  expect(systems).toContainEqual(
    expect.objectContaining({ number: 14, slug: 'cloudformation-events-workflow', state: 'runs' }),
  )
})

test.each([
  'env',
  'status',
  'clock',
  'clock advance 1d',
  'journal',
  'explain',
  'fault sns.Publish',
  'mail',
  'destroy some-stack',
  'picture some-stack',
])('orrery %s without a server says how to start one', async (words) => {
  expect(await orrery(`${words} --port 1`)).toEqual({
    code: 1,
    out: '',
    err: "orrery: No orrery of yours runs on port 1.\nStart one with 'orrery start --port 1', or name its port with --port.\n",
  })
})
