import type { MethodSetting } from '@cloud-orrery/models/apigateway'
import type { ApiCall } from './api-call.ts'

/** What a stage sets for a method: its own settings, else those for all. */
export function settingOf({ stage, resource, method }: ApiCall): MethodSetting {
  const settings = stage?.methodSettings
  if (settings === undefined) return {}
  const path = resource.path.replace(/^\//, '')
  return (
    settings[`${path}/${method.httpMethod}`] ??
    settings[`${path}/*`] ??
    settings[`*/${method.httpMethod}`] ??
    settings['*/*'] ??
    {}
  )
}
