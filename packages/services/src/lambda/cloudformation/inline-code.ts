import { crc32 } from 'node:zlib'
import { inlineCodeRuntime } from '../errors.ts'

/**
 * The package that CloudFormation makes of `ZipFile`: a file `index` in the runtime's language, and beside it the module
 * by which functions answer custom resources, where the code asks for it.
 * Source: CloudFormation template reference, `AWS::Lambda::Function Code`, `ZipFile`; "cfn-response module".
 */
export function inlinePackage(source: string, runtime: string | undefined): Uint8Array {
  const node = runtime?.startsWith('nodejs') === true
  const python = runtime?.startsWith('python') === true
  if (!node && !python) {
    throw inlineCodeRuntime()
  }
  const files: [string, string][] = [[node ? 'index.js' : 'index.py', source]]
  if (node && /['"]cfn-response['"]/.test(source)) files.push(['cfn-response.js', nodeModule])
  if (python && /\bcfnresponse\b/.test(source)) files.push(['cfnresponse.py', pythonModule])
  return zip(files)
}

/** Our own, with the interface that the documentation gives. */
const nodeModule = `'use strict'
const https = require('https')

exports.SUCCESS = 'SUCCESS'
exports.FAILED = 'FAILED'

exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({
      Status: responseStatus,
      Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: responseData,
    })
    console.log('Response body:\\n', body)
    const url = new URL(event.ResponseURL)
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) }
    const path = url.pathname + url.search
    const request = https.request({ hostname: url.hostname, port: 443, path, method: 'PUT', headers })
    request.on('response', (response) => {
      console.log('Status code: ' + response.statusCode)
      response.resume()
      context.done()
      resolve()
    })
    request.on('error', (error) => {
      console.log('send(..) failed executing https.request(..): ' + error)
      context.done()
      reject(error)
    })
    request.end(body)
  })
`

const pythonModule = `import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: " + context.log_stream_name,
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    })
    print("Response body:")
    print(body)
    request = urllib.request.Request(event["ResponseURL"], data=body.encode(), method="PUT")
    request.add_header("content-type", "")
    try:
        with urllib.request.urlopen(request) as response:
            print("Status code:", response.status)
    except Exception as error:
        print("send(..) failed executing the request:", error)
`

/** 1980-01-01, the first day of a zip's time: the same source makes the same package. */
const dosDate = 0x21
const versionNeeded = 20
/** A regular file that everyone may read. */
const externalAttributes = 0o100644 * 0x10000

/** A zip archive without compression. Source: APPNOTE.TXT, 4.3. */
function zip(files: readonly (readonly [string, string])[]): Uint8Array {
  const entries: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of files) {
    const body = Buffer.from(text)
    const label = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(versionNeeded, 0)
    common.writeUInt16LE(dosDate, 8)
    common.writeUInt32LE(crc32(body), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(body.length, 18)
    common.writeUInt16LE(label.length, 22)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(externalAttributes, 6)
    rest.writeUInt32LE(offset, 10)
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), common, label, body])
    entries.push(entry)
    const madeBy = Buffer.from([versionNeeded, 3])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, rest, label]))
    offset += entry.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...entries, listing, end])
}
