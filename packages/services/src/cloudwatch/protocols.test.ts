import { gzipSync } from 'node:zlib'
import { createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const url = 'https://monitoring.us-east-1.amazonaws.com/'

function sender(cloud = createCloud()) {
  return async (headers: Record<string, string>, body: string | Uint8Array) => {
    const response = await fetchFromCloud(cloud, url, {
      method: 'POST',
      headers,
      body,
      credentials: cloud.credentials(),
      service: 'monitoring',
    })
    return { status: response.status, text: await response.text() }
  }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('a query in a form is answered in XML', async () => {
  const send = sender()
  const put = new URLSearchParams({
    Action: 'PutMetricData',
    Version: '2010-08-01',
    Namespace: 'shop',
    'MetricData.member.1.MetricName': 'Orders',
    'MetricData.member.1.Value': '3',
  })
  expect((await send(form, put.toString())).status).toBe(200)
  const list = await send(form, 'Action=ListMetrics&Version=2010-08-01&Namespace=shop')
  expect(list.text).toContain('<MetricName>Orders</MetricName>')
  const missing = await send(
    form,
    'Action=SetAlarmState&Version=2010-08-01&AlarmName=none&StateValue=OK&StateReason=r',
  )
  expect([missing.status, missing.text.includes('<Code>ResourceNotFound</Code>')]).toEqual([
    404,
    true,
  ])
})

test('JSON is answered in JSON, compressed or not', async () => {
  const send = sender()
  const headers = (operation: string) => ({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
  })
  const body = JSON.stringify({
    Namespace: 'shop',
    MetricData: [{ MetricName: 'Orders', Value: 3 }],
  })
  const gzip = { ...headers('PutMetricData'), 'content-encoding': 'gzip' }
  const put = await send(gzip, gzipSync(body))
  expect(put.status).toBe(200)
  const list = await send(headers('ListMetrics'), '{"Namespace":"shop"}')
  expect(JSON.parse(list.text)).toEqual({
    Metrics: [{ Namespace: 'shop', MetricName: 'Orders', Dimensions: [] }],
  })
})
