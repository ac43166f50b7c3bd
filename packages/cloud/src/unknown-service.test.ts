import { describe, expect, test } from 'vitest'
import { createCloud } from './index.ts'
import { refusalIn, type Sending, send } from './wire.test-support.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

/** How clients of services that the cloud has not got ask, and how each wants its errors. */
const askers: Readonly<Record<string, { readonly sending: Sending; readonly begins: string }>> = {
  'a form': {
    sending: { service: 'rds', headers: form, body: 'Action=DescribeDBInstances' },
    begins: '<ErrorResponse><Error>',
  },
  'JSON with a target': {
    sending: {
      service: 'braket',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
    },
    begins: '{"__type":',
  },
  'a path of JSON': {
    sending: { service: 'elsewhere', method: 'GET', path: '/2015-03-31/functions', body: '' },
    begins: '{"__type":',
  },
  'a path of XML': {
    sending: { service: 'cloudfront', method: 'GET', path: '/2020-05-31/distribution', body: '' },
    begins: '<ErrorResponse><Error>',
  },
}

describe('a service that is not there is refused by name, in the form of', () => {
  test.each(Object.entries(askers))('%s', async (_form, { sending, begins }) => {
    const answered = await send(createCloud(), sending)
    const text = answered.text.replace(/^<\?xml[^>]*>\s*/, '')
    expect(text.slice(0, begins.length)).toBe(begins)
    const [status, code, message] = refusalIn(answered)
    expect([status, code.replace(/^.*#/, ''), message]).toEqual([
      501,
      'NotImplemented',
      `Orrery does not model the service '${sending.service}'. The coverage page lists what it does.`,
    ])
  })
})
