/* Chat templates in the manner of the families of models, written for these tests. */

/** Turns in `<|im_start|>`, tools in `<tools>`, calls in `<tool_call>`, results together in a turn of the user. */
export const chatmlWithTools = `{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\\n\\n' }}
    {%- endif %}
    {{- "Functions that you may call:\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' + message.content }}
        {%- for call in message.tool_calls or [] %}
            {%- if not loop.first or message.content %}{{- '\\n' }}{%- endif %}
            {{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments if call.function.arguments is string else call.function.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}`;

/** A beginning, headers before each message, tools as indented JSON in the first turn of the user. */
export const llamaStyle = `{{- bos_token }}
{%- set ns = namespace(told=false) %}
{%- if date_string is not defined %}
    {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- else %}{%- set date_string = "1 Jan 2025" %}{%- endif %}
{%- endif %}
{%- macro header(role) %}{{- "<|start_header_id|>" ~ role ~ "<|end_header_id|>\\n\\n" }}{%- endmacro %}
{%- for message in messages %}
    {%- if message.role == 'system' %}
        {{- header('system') ~ "Today: " ~ date_string ~ "\\n" ~ (message['content'] | trim) ~ "<|eot_id|>" }}
    {%- elif message.role == 'user' %}
        {{- header('user') }}
        {%- if tools is not none and not ns.told %}
            {%- set ns.told = true %}
            {{- "Answer with a call of one of these:\\n\\n" }}
            {%- for tool in tools %}{{- tool | tojson(indent=4) ~ "\\n\\n" }}{%- endfor %}
        {%- endif %}
        {{- message.content | trim }}<|eot_id|>
    {%- elif 'tool_calls' in message %}
        {%- for call in message.tool_calls %}
            {{- header('assistant') ~ '{"name": "' ~ call.function.name ~ '", "parameters": ' ~ (call.function.arguments | tojson) ~ "}<|eot_id|>" }}
        {%- endfor %}
    {%- elif message.role in ['tool', 'ipython'] %}
        {{- header('ipython') ~ message.content ~ "<|eot_id|>" }}
    {%- else %}
        {{- header(message.role) ~ (message.content | trim) ~ "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- header('assistant') }}{%- endif %}`;

/** Brackets; strict about turns and about the ids of calls; tools before the last turn of the user. */
export const mistralStyle = `{%- set system = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}
{%- set rest = messages[1:] if system else messages %}
{%- set ns = namespace(last=-1, expected='user') %}
{%- for message in rest %}
    {%- if message['role'] in ['user', 'assistant'] and message.tool_calls is not defined %}
        {%- if message['role'] == 'user' %}{%- set ns.last = loop.index0 %}{%- endif %}
        {%- if loop.index0 > 0 and rest[loop.index0 - 1]['role'] == message['role'] %}
            {{- raise_exception('user and assistant must take turns') }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in rest %}
    {%- if message['role'] == 'user' %}
        {%- if tools and loop.index0 == ns.last %}{{- '[AVAILABLE_TOOLS] ' ~ (tools | tojson) ~ '[/AVAILABLE_TOOLS]' }}{%- endif %}
        {{- '[INST] ' ~ (system ~ '\\n\\n' if system and loop.index0 == ns.last else '') ~ message['content'] ~ '[/INST]' }}
    {%- elif message.tool_calls is defined %}
        {{- '[TOOL_CALLS] [' }}
        {%- for call in message.tool_calls %}
            {%- if call.id | length != 9 %}{{- raise_exception('ids of calls have nine characters') }}{%- endif %}
            {{- '{"name": "' ~ call.function.name ~ '", "arguments": ' ~ (call.function.arguments | tojson) ~ ', "id": "' ~ call.id ~ '"}' ~ ('' if loop.last else ', ') }}
        {%- endfor %}
        {{- ']' ~ eos_token }}
    {%- elif message['role'] == 'tool' %}
        {{- '[TOOL_RESULTS] {"content": ' ~ message.content ~ ', "call_id": "' ~ message.tool_call_id ~ '"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- ' ' ~ message['content'] | trim ~ eos_token }}
    {%- endif %}
{%- endfor %}`;

/** Knows text alone. */
export const withoutTools = `{% for message in messages %}
<{{ message.role }}>
{{ message.content }}
{% endfor %}
{% if add_generation_prompt %}
<assistant>
{% endif %}`;
