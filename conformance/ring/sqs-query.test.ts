import * as sdk from '@aws-sdk/client-sqs'
import { type Cloud, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import type { JournalEntry } from '@cloud-orrery/kernel'
import { loadServiceModel, type OperationModel } from '@cloud-orrery/models'
import { registry } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import { arrangeSqs } from './arrangements/sqs.ts'
import { type Case, casesOf } from './cases.ts'
import { queryForm } from './query-form.ts'
import { differenceOf, inForm, plainOf } from './round-trip.ts'
import { Sender } from './sender.ts'

/** SQS in the protocol of old clients: every request of the ring means the same in a form as in JSON. */

const model = loadServiceModel('sqs')
const { operations } = (await registry['sqs']?.load()) ?? { operations: [] }
const cloud = createCloud({ deepFreeze: true })
const known = await arrangeSqs(cloud)
const sender = new Sender(cloud, sdk, 'SQSClient')

async function sendForm(fork: Cloud, operation: OperationModel, input: object) {
  const call = fetchFromCloud(fork, 'https://sqs.us-east-1.amazonaws.com/', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: queryForm(operation, model.apiVersion, input),
    credentials: fork.credentials(),
    service: 'sqs',
  })
  const advance = fork.advance({ minutes: 1 }) // For long polls.
  const response = await call
  await advance
  const entry = fork.kernel.journal.entries.findLast(
    ({ kind, entered }) => kind === 'call' && entered,
  )
  return { status: response.status, xml: await response.text(), entry }
}

/** A form cannot say that a map is empty, nor which of two lists of the same name is meant. */
function isSayable({ name }: OperationModel, it: Case): boolean {
  if (/^(tags|attributes) empty$/.test(it.name)) return false
  return name !== 'ReceiveMessage' || !/^(attribute|messageSystemAttribute)Names /.test(it.name)
}

function readOf({ input }: OperationModel, entry: JournalEntry | undefined): unknown {
  return inForm(plainOf(input, entry?.data['input'] ?? {}, '', []))
}

async function problems(operation: OperationModel, it: Case): Promise<string[]> {
  const json = await sender.send(operation.name, it.input)
  const form = await sendForm(cloud.fork(), operation, it.input)
  const found = [differenceOf(readOf(operation, json.entry), readOf(operation, form.entry))]
  found.push(differenceOf(json.entry?.data['error'], form.entry?.data['error']))
  // Clients of the JSON protocol are told the code of old.
  const { error } = json
  const code = error !== undefined && 'Code' in error ? error.Code : error?.name
  const answer = code === undefined ? `<${operation.name}Response` : `<Code>${code}</Code>`
  if (!form.xml.includes(answer)) found.push(`no ${answer} in ${form.status} ${form.xml}`)
  return found.flatMap((what) => (what === undefined ? [] : [`${it.name}: ${what}`]))
}

describe(`sqs in forms, model ${model.checksum.slice(0, 12)}`, () => {
  const names = operations.map(({ descriptor }) => descriptor.name)
  test.each(names)('%s means the same in a form as in JSON', async (name) => {
    const operation = model.operations[name]
    if (operation === undefined) throw new Error(`the model has no ${name}`)
    const found: string[] = []
    for (const it of casesOf(operation, known)) {
      if (isSayable(operation, it)) found.push(...(await problems(operation, it)))
    }
    expect(found).toEqual([])
  })
})
