import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadServiceModel } from './load.ts'

const shared = new URL('../../../../shared/data', import.meta.url).pathname
const folder = `${process.env['ORRERY_DATA'] ?? shared}/recorded/services`
const absent = existsSync(folder) ? '' : ` (skipped: ${folder} is absent)`
const names = ['iam', 'sts', 's3', 'sqs', 'sns', 'events', 'logs', 'ssm', 'cloudformation']

/** Codes and HTTP statuses of all errors that were recorded for a service: `NotFound 404`. */
function recordedErrors(service: string): string[] {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { Error: error, ResponseMetadata: metadata } = value as Record<
      string,
      Record<string, unknown>
    >
    if (error?.['Code'] !== undefined && metadata?.['HTTPStatusCode'] !== undefined) {
      found.add(`${error['Code']} ${metadata['HTTPStatusCode']}`)
    }
    for (const it of Object.values(value)) visit(it)
  }
  const files = readdirSync(`${folder}/${service}`, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((it) => it.endsWith('.snapshot.json'))) {
    visit(JSON.parse(readFileSync(`${folder}/${service}/${file}`, 'utf8')))
  }
  return [...found].sort()
}

test.skipIf(absent !== '')(`errors of the model have the status that AWS answered${absent}`, () => {
  let compared = 0
  for (const service of names.filter((it) => existsSync(`${folder}/${it}`))) {
    const statuses = new Map<string, number>()
    for (const { name, error } of Object.values(loadServiceModel(service).shapes)) {
      if (error === undefined) continue
      statuses.set(name, error.status)
      if (error.queryCode !== undefined)
        statuses.set(error.queryCode, error.queryStatus ?? error.status)
    }
    for (const recorded of recordedErrors(service)) {
      const [code = ''] = recorded.split(' ')
      const status = statuses.get(code)
      if (status === undefined) continue
      compared += 1
      expect([service, recorded]).toEqual([service, `${code} ${status}`])
    }
  }
  expect(compared).toBeGreaterThan(25)
})
