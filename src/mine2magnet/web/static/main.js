// The pages work without script; each module adds one comfort.
import { charts } from "./charts.js";
import { citations } from "./citations.js";
import { correct } from "./correct.js";
import { filters } from "./filters.js";
import { folded } from "./folded.js";
import { focus } from "./focus.js";
import { jobs } from "./jobs.js";
import { keys } from "./keys.js";
import { menus } from "./menus.js";
import { plots } from "./plots.js";
import { separation } from "./separation.js";
import { sources } from "./sources.js";
import { status } from "./status.js";
import { stress } from "./stress.js";
import { topicForm } from "./topic_form.js";

for (const start of [menus, focus, folded, correct, filters, citations, keys, topicForm, sources, status, plots, charts, stress, separation, jobs]) start();
