// The gateway's page, page.html, as it stands in this folder.
#pragma once
#include <stddef.h>

const char *page_html(void);
size_t page_html_length(void);
