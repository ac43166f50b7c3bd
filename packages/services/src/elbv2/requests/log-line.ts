import type { Context } from '../../context.ts'
import { logRequest } from '../access-logs.ts'
import { fullName } from '../arns.ts'
import { clientPort, type Incoming } from './incoming.ts'

/** Adds a request to the balancer's access log. Source: User Guide, "Access log entries": fields in their order. */
export function noteRequest(
  ctx: Context,
  request: Incoming,
  status: number,
  startMs: number,
  sentBytes: number,
): void {
  const { notes, listener, headers, path, query } = request
  const isTls = listener.protocol === 'HTTPS'
  const seconds = ((ctx.now() - startMs) / 1000).toFixed(3)
  const asked = notes.target !== undefined
  const url = `${listener.protocol.toLowerCase()}://${request.host}:${listener.port}${path}${query === '' ? '' : `?${query}`}`
  const fields = [
    isTls ? 'https' : 'http',
    new Date(ctx.now()).toISOString().replace('Z', '000Z'),
    fullName(request.balancer.arn),
    `${request.sourceIp}:${clientPort}`,
    notes.target ?? '-',
    asked ? '0.000' : '-1',
    asked ? seconds : '-1',
    asked ? '0.000' : '-1',
    String(status),
    notes.targetStatus === undefined ? '-' : String(notes.targetStatus),
    String(request.body.byteLength),
    String(sentBytes),
    quoted(`${request.method} ${url} HTTP/1.1`),
    quoted(headers['user-agent'] ?? '-'),
    isTls ? 'TLS_AES_128_GCM_SHA256' : '-',
    isTls ? 'TLSv1.3' : '-',
    notes.groupArn ?? '-',
    quoted(request.traceId),
    quoted(isTls ? request.host : '-'),
    quoted(isTls ? (listener.certificates[0] ?? '-') : '-'),
    notes.rulePriority === '' ? '-' : notes.rulePriority,
    new Date(startMs).toISOString().replace('Z', '000Z'),
    quoted(notes.actions.length === 0 ? '-' : notes.actions.join(',')),
    quoted(notes.redirectUrl ?? '-'),
    quoted(notes.error ?? '-'),
    quoted(notes.target ?? '-'),
    quoted(notes.targetStatus === undefined ? '-' : String(notes.targetStatus)),
    quoted(notes.classification === 'Acceptable' ? '-' : notes.classification),
    quoted(notes.classificationReason ?? '-'),
  ]
  logRequest(ctx, request.balancer, fields.join(' '))
}

/** What clients send must not end a field, nor a line. */
function quoted(text: string): string {
  return `"${text.replace(/\p{Cc}/gu, '').replaceAll('"', '%22')}"`
}
