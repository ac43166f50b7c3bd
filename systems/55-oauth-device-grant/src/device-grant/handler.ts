import type { ALBEvent, ALBResult } from '../alb/event.ts'
import { requestOf } from '../alb/request.ts'
import { notAllowed } from '../alb/responses.ts'
import { answerCallback } from './callback.ts'
import { answerDevice, metadata } from './device-endpoint.ts'
import { answerPerson } from './device-page.ts'

export async function handler(event: ALBEvent): Promise<ALBResult> {
  const request = requestOf(event)
  switch (request.path) {
    case '/device_authorization':
    case '/token':
      return await answerDevice(request)
    case '/device':
      return await answerPerson(request)
    case '/callback':
      return await answerCallback(request)
    case '/.well-known/oauth-authorization-server':
      return metadata(request)
    default:
      return notAllowed
  }
}
