/**
 * Draws `dashboard.svg`: what a deployed `PopulationDashboard` shows of a month in the simulator. Every build does: `npm run pictures`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { svg, widgetFrame } from './dashboard/chart';
import { publishedMetrics } from './dashboard/metrics';
import { simulateMonth } from './dashboard/month';
import { seriesOf, Widget } from './dashboard/widget';

async function main(): Promise<void> {
  const { cloud, range, dashboardBody } = await simulateMonth();
  const published = publishedMetrics(cloud);
  const { widgets } = JSON.parse(dashboardBody) as { widgets: Widget[] };
  const drawn = widgets.map((widget) => widgetFrame(widget, seriesOf(widget, published, range), range));
  const file = join(__dirname, 'dashboard.svg');
  writeFileSync(file, svg(widgets, drawn, 'A CloudWatch dashboard of two populations, drawn from a month in the simulator'));
  console.log(`${file}: ${widgets.length} widgets, ${published.length} data points of ${cloud.executions().length} executions`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
