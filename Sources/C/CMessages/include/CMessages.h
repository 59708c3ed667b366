// All generated messages, for one import.
#pragma once
#include "catalogue.pb-c.h"
#include "events.pb-c.h"
#include "features.pb-c.h"
#include "gateway.pb-c.h"
#include "inference.pb-c.h"
#include "node.pb-c.h"
#include "otlp.pb-c.h"
#include "retrieval.pb-c.h"
#include "rpc.pb-c.h"
