import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'

export interface Series {
  key: string
  name: string
  color: string
  stack?: string
}

/** Columns over time. Its numbers stand in the table beside it, so the picture itself says nothing to those who listen. */
export function ColumnsChart({
  rows,
  series,
  write,
}: {
  rows: readonly Readonly<Record<string, string | number>>[]
  series: readonly Series[]
  write(value: number): string
}) {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <div className="columns-chart" aria-hidden="true">
      <ResponsiveContainer width="100%" height={220}>
        <BarChart data={[...rows]} margin={{ top: 4, right: 4, bottom: 0, left: 4 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--n-4)" />
          <XAxis
            dataKey="name"
            tick={{ fill: 'var(--n-8)', fontSize: 12 }}
            tickLine={false}
            axisLine={{ stroke: 'var(--n-5)' }}
          />
          <YAxis
            width={56}
            tick={{ fill: 'var(--n-8)', fontSize: 12 }}
            tickLine={false}
            axisLine={false}
            tickFormatter={(value: number) => write(value)}
          />
          <Tooltip
            cursor={{ fill: 'var(--n-3)' }}
            isAnimationActive={false}
            formatter={(value) => write(Number(value))}
            contentStyle={{ background: 'var(--n-0)', border: '1px solid var(--n-4)', borderRadius: 6, fontSize: 12 }}
            labelStyle={{ color: 'var(--n-10)' }}
            itemStyle={{ color: 'var(--n-9)' }}
          />
          <Legend
            itemSorter={null}
            iconType="square"
            iconSize={8}
            formatter={(name: string) => <span className="secondary">{name}</span>}
            wrapperStyle={{ fontSize: 12 }}
          />
          {series.map(({ key, name, color, stack }) => (
            <Bar
              key={key}
              dataKey={key}
              name={name}
              fill={color}
              maxBarSize={36}
              isAnimationActive={!isStill}
              animationDuration={120}
              {...(stack === undefined ? {} : { stackId: stack })}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
