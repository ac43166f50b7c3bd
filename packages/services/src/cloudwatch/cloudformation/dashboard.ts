import { AwsError } from '@cloud-orrery/models'
import {
  AwsCloudWatchDashboard,
  DeleteDashboards,
  GetDashboard,
  PutDashboard,
} from '@cloud-orrery/models/cloudwatch'
import { resource } from '../../define.ts'
import { dashboardArn } from '../state.ts'
import { nameMax, replaceTags, tagList } from './alarm-tags.ts'

/** A body may come as JSON in a string, or as what is in it. */
function bodyOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

export const dashboardType = resource(AwsCloudWatchDashboard, {
  async create(ctx, { DashboardName: given, DashboardBody, Tags }) {
    const DashboardName = given ?? ctx.physicalName({ lengthMax: nameMax })
    await ctx.call(PutDashboard, {
      DashboardName,
      DashboardBody: bodyOf(DashboardBody),
      Tags: tagList(ctx, Tags),
    })
    return { physicalId: DashboardName }
  },

  async update(ctx, { DashboardBody, Tags }, _previous, state) {
    const DashboardName = state.physicalId ?? ''
    await ctx.call(PutDashboard, { DashboardName, DashboardBody: bodyOf(DashboardBody) })
    await replaceTags(ctx, dashboardArn(ctx, DashboardName), tagList(ctx, Tags))
    return state
  },

  async delete(ctx, { physicalId = '' }) {
    await unlessGone(ctx.call(DeleteDashboards, { DashboardNames: [physicalId] }))
  },

  adopt: (_ctx, { DashboardName = '' }) => ({ physicalId: DashboardName }),

  async read(ctx, { physicalId = '' }, { DashboardName }) {
    const found = await unlessGone(ctx.call(GetDashboard, { DashboardName: physicalId }))
    if (found === undefined) return undefined
    return {
      ...(DashboardName === undefined ? {} : { DashboardName }),
      DashboardBody: found.DashboardBody ?? '',
    }
  },
})

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === 'DashboardNotFoundError') return undefined
    throw error
  }
}
