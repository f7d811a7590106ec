// A peer on amqp091-go: consumes resize requests, decodes each, computes one prorated charge and
// publishes a payment event and a status (persistent, confirmed), and acknowledges each batch once.
// It has no store and does nothing else.
//
//	usage: relay URL PREFIX BATCH PAYMENT_BYTES STATUS_BYTES
//
// Settings that gave most here: a batch of 256 whose confirms are counted at its end, prefetch of two
// batches, separate connections for consuming and publishing. Confirms come by NotifyPublish: a
// DeferredConfirmation is lost in 1.5 where the broker is faster than the publisher.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"os"
	"strconv"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

type request struct {
	ID   string `json:"id"`
	Data struct {
		RequestID  string `json:"requestId"`
		TenantID   string `json:"tenantId"`
		InstanceID string `json:"instanceId"`
	} `json:"data"`
}

type event struct {
	RequestID  string `json:"requestId"`
	InstanceID string `json:"instanceId"`
	Amount     string `json:"amount,omitempty"`
	Status     string `json:"status,omitempty"`
	// Brings the event to the size that the worker's have.
	Rest string `json:"rest"`
}

type relay struct {
	deliveries  <-chan amqp.Delivery
	confirms    <-chan amqp.Confirmation
	publishing  *amqp.Channel
	prefix      string
	batch       int
	paymentRest string
	statusRest  string
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func channel(url string) *amqp.Channel {
	connection, err := amqp.Dial(url)
	must(err)
	channel, err := connection.Channel()
	must(err)
	return channel
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

// charge is 28 a month times 12 at 88 %, for 244 of 365 days.
func charge() string {
	return big.NewRat(28*244*12*88, 365*100).FloatString(2)
}

func (r *relay) publish(exchange, key, kind string, mandatory bool, e event) {
	body, err := json.Marshal(e)
	must(err)
	must(r.publishing.PublishWithContext(
		context.Background(), r.prefix+exchange, key, mandatory, false,
		amqp.Publishing{
			DeliveryMode: amqp.Persistent, ContentType: "application/cloudevents+json",
			MessageId: e.RequestID, CorrelationId: e.RequestID, Type: kind, Body: body,
		}))
}

// relayBatch takes up to a batch of deliveries, waiting 2 ms for each but the first.
func (r *relay) relayBatch() {
	last := <-r.deliveries
	patience := time.NewTimer(2 * time.Millisecond)
	defer patience.Stop()
	taken := 0
	for ok := true; ok; {
		r.answer(last)
		taken++
		if taken == r.batch {
			break
		}
		var next amqp.Delivery
		if next, ok = r.next(patience); ok {
			last = next
		}
	}
	for i := 0; i < 2*taken; i++ {
		if confirmation := <-r.confirms; !confirmation.Ack {
			log.Fatal("a message was not confirmed")
		}
	}
	must(last.Ack(true))
}

func (r *relay) answer(delivery amqp.Delivery) {
	var q request
	must(json.Unmarshal(delivery.Body, &q))
	d := q.Data
	payment := event{RequestID: d.RequestID, InstanceID: d.InstanceID, Amount: charge(), Rest: r.paymentRest}
	status := event{RequestID: d.RequestID, InstanceID: d.InstanceID, Status: "awaitingPayment", Rest: r.statusRest}
	r.publish(".payments", "payment.requested", "payment.requested.v1", true, payment)
	r.publish(".results", d.TenantID+".awaitingPayment", "resize.status.v1", false, status)
}

func (r *relay) next(patience *time.Timer) (amqp.Delivery, bool) {
	select {
	case delivery := <-r.deliveries:
		return delivery, true
	case <-patience.C:
		return amqp.Delivery{}, false
	}
}

func main() {
	url, prefix := os.Args[1], os.Args[2]
	batch, payment, status := number(os.Args[3]), number(os.Args[4]), number(os.Args[5])
	consuming, publishing := channel(url), channel(url)
	must(publishing.Confirm(false))
	confirms := publishing.NotifyPublish(make(chan amqp.Confirmation, 2*batch))
	must(consuming.Qos(2*batch, 0, false))
	deliveries, err := consuming.Consume(prefix+".requests", "", false, false, false, false, nil)
	must(err)
	fmt.Println("consuming")
	r := relay{
		deliveries: deliveries, confirms: confirms, publishing: publishing, prefix: prefix, batch: batch,
		paymentRest: strings.Repeat("x", max(payment-110, 0)),
		statusRest:  strings.Repeat("x", max(status-110, 0)),
	}
	for {
		r.relayBatch()
	}
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
