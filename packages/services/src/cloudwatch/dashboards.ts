import {
  type DashboardValidationMessage,
  DeleteDashboards,
  GetDashboard,
  ListDashboards,
  PutDashboard,
} from '@cloud-orrery/models/cloudwatch'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { dashboardInvalid, dashboardNotFound, invalidNextToken, invalidValue } from './errors.ts'
import { dashboardsPageMax, widgetsMax } from './limits.ts'
import { type DashboardRecord, dashboardArn, dashboards } from './state.ts'
import { readTags, requestTags } from './tag-lists.ts'

export const putDashboard = operation(PutDashboard, {
  authorize: ({ DashboardName, Tags }, ctx) => ({
    resource: dashboardArn(ctx, DashboardName),
    context: requestTags(Tags),
  }),
  provenance: 'recorded',
  run(ctx, { DashboardName: name, DashboardBody: body, Tags }) {
    checkName(name)
    const problems = problemsOf(body)
    if (problems.fatal) throw dashboardInvalid(problems.messages)
    const previous = dashboards.get(ctx, name)
    dashboards.put(ctx, {
      name,
      arn: dashboardArn(ctx, name),
      body,
      modifiedAtMs: ctx.now(),
      tags: previous?.tags ?? readTags(Tags ?? []),
    })
    return { DashboardValidationMessages: problems.messages }
  },
})

/** Recorded: cloudwatch, PutDashboard, `test_invalid_dashboard_name`, its last line break included. */
function checkName(name: string): void {
  if (/^[\w-]+$/.test(name)) return
  throw invalidValue(
    'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
  )
}

type Message = DashboardValidationMessage & { readonly DataPath: string; readonly Message: string }

/** What is wrong with a body: no dashboard at all, or widgets that would not show. */
function problemsOf(body: string): { fatal: boolean; messages: readonly Message[] } {
  const fatal = (DataPath: string, Message: string) => ({
    fatal: true,
    messages: [{ DataPath, Message }],
  })
  const root = parsed(body)
  if (root === undefined) return fatal('/', 'The field DashboardBody must be a valid JSON object')
  const { widgets } = root
  if (!Array.isArray(widgets)) return fatal('/widgets', 'Should have required property widgets')
  if (widgets.length > widgetsMax) {
    return fatal('/widgets', `Should NOT have more than ${widgetsMax} items`)
  }
  const messages = widgets.flatMap((widget: unknown, i) => widgetProblems(widget, `/widgets/${i}`))
  return { fatal: messages.some(({ DataPath }) => DataPath.endsWith('/type')), messages }
}

/** Source: Dashboard body structure and syntax. */
const widgetTypes = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom']

function widgetProblems(widget: unknown, path: string): readonly Message[] {
  // Members are looked at one by one.
  const { type, properties } = (
    typeof widget === 'object' && widget !== null ? widget : {}
  ) as Widget
  if (type === undefined || !widgetTypes.includes(type)) {
    const Message = `Should be one of ${widgetTypes.join(', ')}`
    return [{ DataPath: `${path}/type`, Message }]
  }
  if (properties === undefined) {
    return [{ DataPath: path, Message: 'Should have required property properties' }]
  }
  const missing = required[type]
  if (missing === undefined || missing in properties) return []
  return [{ DataPath: `${path}/properties`, Message: `Should have required property ${missing}` }]
}

/** What widgets of a kind do not show without. */
const required: Readonly<Record<string, string>> = {
  text: 'markdown',
  alarm: 'alarms',
  custom: 'endpoint',
}

interface Widget {
  readonly type?: string
  readonly properties?: Readonly<Record<string, unknown>>
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const root: unknown = JSON.parse(body)
    // Objects have members by name, whatever they are.
    return typeof root === 'object' && root !== null && !Array.isArray(root)
      ? (root as Record<string, unknown>)
      : undefined
  } catch {
    return undefined // No JSON is no object.
  }
}

export const getDashboard = operation(GetDashboard, {
  authorize: ({ DashboardName }, ctx) => dashboardArn(ctx, DashboardName),
  provenance: 'recorded',
  run(ctx, { DashboardName }) {
    const dashboard = dashboards.get(ctx, DashboardName)
    if (dashboard === undefined) throw dashboardNotFound(DashboardName)
    return { DashboardArn: dashboard.arn, DashboardBody: dashboard.body, DashboardName }
  },
})

/** One name of no dashboard, and none is deleted. */
export const deleteDashboards = operation(DeleteDashboards, {
  authorize: ({ DashboardNames }, ctx) =>
    DashboardNames.map((name) => ({ resource: dashboardArn(ctx, name) })),
  provenance: 'recorded',
  run(ctx, { DashboardNames }) {
    for (const name of DashboardNames) {
      if (!dashboards.has(ctx, name)) throw dashboardNotFound(name)
    }
    for (const name of DashboardNames) dashboards.delete(ctx, name)
    return {}
  },
})

export const listDashboards = operation(ListDashboards, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { DashboardNamePrefix, NextToken }) {
    const { items, nextToken } = pageOf<DashboardRecord>({
      list: (start) =>
        dashboards.scan(ctx, {
          ...(DashboardNamePrefix === undefined ? {} : { prefix: DashboardNamePrefix }),
          ...start,
        }),
      positionOf: ({ name }) => name,
      itemsMax: dashboardsPageMax,
      token: NextToken,
      request: { DashboardNamePrefix },
      refused: invalidNextToken,
    })
    const DashboardEntries = items.map(({ name, arn, body, modifiedAtMs }) => ({
      DashboardName: name,
      DashboardArn: arn,
      LastModified: modifiedAtMs,
      Size: Buffer.byteLength(body),
    }))
    return { DashboardEntries, NextToken: nextToken }
  },
})
